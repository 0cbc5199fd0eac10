"""Why a network breaks under parameter noise: see `dissociation.features.causes`."""

from dissociation.features.show import show

show("causes")
