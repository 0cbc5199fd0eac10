"""Two-layer linear networks ŷ = W2 W1 x, where every solution of a task is known in closed form.

Source of all theorem numbers: L. Braun, E. Grant and A. M. Saxe, *Not all solutions are created
equal: An analytical dissociation of functional and representational similarity in deep linear
neural networks*, ICML 2025. NumPy in float64 throughout; nothing here loads JAX.
"""
