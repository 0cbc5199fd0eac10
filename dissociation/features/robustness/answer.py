"""What its address asks for: curves."""

from dissociation.features.curves.answer import question as question
