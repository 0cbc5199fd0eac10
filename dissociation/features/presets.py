"""The named experiments of the lab, in the order of the front door."""

from __future__ import annotations

from dissociation.address.chains import parse_chain
from dissociation.address.links import Link
from dissociation.address.presets import PRESETS, Preset

_ALL = (
    Preset(
        "notebook-noise",
        "The notebook's noise figure",
        Link.of("robustness", show=["scale", "duplicate", "nuisance"]),
        "Three rewrites leave every answer as it was. As soon as the weights are noisy, their "
        "curves separate, and scaled networks fail first.",
        "Noise of one size meets weights of very different sizes: scaling by α = 20 makes the "
        "outgoing weights twenty times smaller, and the noise on them is read from features "
        "twenty times larger.",
    ),
    Preset(
        "invisible-scaling",
        "Scaling is invisible to input noise",
        Link.of("robustness", measure="input_noise", show=["scale", "input_null"]),
        "The scaled network's curve is the trained one's to the last image; the input-null "
        "network fails at smaller noise.",
        "Scaling leaves the function the same on every input, noisy ones included; the null "
        "space of the images is a direction that noise enters and no image does.",
    ),
    Preset(
        "flat-minima",
        "Flat minima and reparameterisation (Dinh et al.)",
        Link.of(
            "robustness",
            show=["scale", "rescale"],
            mode="relative",
            parameter_range=(0.01, 10.0),
        ),
        "With noise in proportion to each weight, scaled and rescaled networks are exactly as "
        "robust as the trained one; switch to absolute noise and they are not.",
        "Rescaling makes a minimum as sharp as one likes without touching the function, unless "
        "sharpness is measured in units of the weights themselves.",
    ),
    Preset(
        "balanced",
        "Do balanced networks resist parameter noise?",
        Link.of("robustness", show=["scale", "balance"]),
        "Better than scaled ones, but not better than the trained one: the balanced network's "
        "σ50 is about three quarters of the trained network's.",
        "Noise on a weight counts by the activation it multiplies and by what reads it out; "
        "equal norms of incoming and outgoing weights do not make these two shares equal.",
    ),
    Preset(
        "averaging",
        "Does duplication average noise away?",
        Link.of(
            "robustness",
            show=["duplicate"],
            duplicate=4.0,
            compose=parse_chain("compose", "duplicate:4,balance:1"),
        ),
        "No: with four copies of each neuron the curve hardly moves, and balancing the "
        "copies afterwards makes it worse.",
        "Independent noise on the incoming weights does average out over copies, but noise on "
        "the outgoing weights adds up over four times as many, and the two nearly cancel.",
    ),
    Preset(
        "best-scale",
        "Is there a best scale?",
        Link.of("sweep", strengths=(0.1, 0.3, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)),
        "Close to α = 2: there the network tolerates a little more noise than the trained "
        "one; scaled further up or down it breaks sooner.",
        "Scaling up makes the incoming weights large against the noise on them, and lets the "
        "noise on the outgoing weights be read from larger features. The best α is where the "
        "two weigh the same.",
    ),
    Preset(
        "nuisance-transfer",
        "What nuisance neurons do to transfer",
        Link.of("transfer", show=["nuisance"], nuisance=128),
        "They do no harm to a probe that has converged: the new task is read as well as "
        "before, or a little better.",
        "Neurons whose effects on the old answers cancel still respond to the images; to a "
        "new reader they are a few more random features.",
    ),
    Preset(
        "fooled-probe",
        "The probe that is fooled by scale",
        Link.of("transfer", show=["scale"], probe="notebook"),
        "Scaling the layer changes what the notebook's probe can read; switch to the converged "
        "probe and the difference is gone.",
        "A probe stopped after 200 steps of gradient descent depends on how large the features "
        "are; the best linear reader does not.",
    ),
    Preset(
        "same-function",
        "Same function, another representation",
        Link.of("representation", rewrite="rescale", rescale=2.0),
        "Not one answer changes, yet the hidden layer turns by 24° to 48°, depending on the "
        "network: more than twice as far as to a network trained from another seed (10.5°).",
        "Each neuron becomes louder or quieter and is read out by as much less or more: the "
        "outputs cannot tell, but distances between images belong to the loudest neurons.",
    ),
    Preset(
        "invisible-copies",
        "Copies are invisible to most measures",
        Link.of("representation", rewrite="duplicate", duplicate=2.0),
        "Twice as many neurons, and CKA, Procrustes, neighbours and RSA all call the two "
        "layers equal; only ridge R² from B to A moves, in its third digit.",
        "A copy of every neuron makes all distances between images longer by the same factor, "
        "which these measures do not see; parameter noise does see the copies.",
    ),
    Preset(
        "two-seeds",
        "Two seeds: alike, and yet not the same",
        Link.of("representation", rewrite="none", network_b=2),
        "CKA is 0.99, closer than under many rewrites that keep every answer, and still 3 to "
        "10 answers in a thousand differ.",
        "Training shapes much the same geometry from any seed, but the images near a boundary "
        "are decided by little; no exact rewrite leads from one network to the other.",
    ),
    Preset(
        "many-representations",
        "One function, many representations",
        Link.of("map", show=["scale", "duplicate", "nuisance", "rescale"]),
        "All four rewrites stay on the left edge, where no answer changes; rescaled networks "
        "climb it from s = 1 on past networks that were trained from other seeds.",
        "The function fixes what is read out of the hidden layer and leaves open how loud its "
        "neurons are and what else they hold.",
    ),
    Preset(
        "phantom-face",
        "A face that means nothing",
        Link.of("phantom"),
        "A face looks out of the similarity matrix, and not one answer has changed. With noise "
        "on the images it fades long before the answers do: they tolerate about four times as "
        "much noise.",
        "The neurons that paint it cancel in the output, so the function has no need of them; "
        "their weights were solved for these very images and for nothing near them.",
    ),
    Preset(
        "linear-walk",
        "Outputs stay fixed while everything else drifts",
        Link.of("linear"),
        "Play the walk: at its end both layers of weights are as far from where they began as "
        "they are large, the similarity matrix by three quarters of its norm, and all outputs "
        "are the same to 13 digits.",
        "The task fixes what the two layers of a linear network do together on the data; "
        "everything that the second layer can undo is left to chance.",
    ),
    Preset(
        "linear-minimum",
        "Least norm, one similarity matrix",
        Link.of("linear", family="mwns"),
        "The weights drift as far, but the similarity matrix stays fixed, too; even so, a "
        "decoder fitted at the start comes to miss 46 % of the outputs. Weak parameter noise "
        "costs MWNS twice what it costs MRNS, and a general solution five times.",
        "Least norm leaves the hidden layer free only to turn, which no similarity between "
        "items notices and every linear reader does.",
    ),
    Preset(
        "silent-neurons",
        "Thirty-two neurons that say nothing, and most of the noise",
        Link.of("causes", rewrite="phantom"),
        "With a phantom the logits receive more than twice as much noise as the trained "
        "network's, and more than half of it passes 32 of 1,056 neurons: those that paint the "
        "picture.",
        "What they tell the output cancels, but noise on their outgoing weights does not; it "
        "is read from activations that are much larger than those of any other neuron.",
    ),
    Preset(
        "linear-law",
        "How far does the linear law carry?",
        Link.of("bridge", compute="all"),
        "Once all networks are measured, σ50 falls with the noise gain over five decades, in a "
        "nearly straight line, but less steeply than the law predicts: most networks lie "
        "within a factor of 1.25 of it, those that are scaled and rescaled the most tolerate "
        "three to five times as much noise.",
        "The gain is that of small noise, and noise that topples half of the answers is not "
        "small: the noises of the layers multiply, in the trained network as well. Put the "
        "noise that theory allows across, products included, and the points close ranks.",
    ),
)
PRESETS.update({preset.name: preset for preset in _ALL})
