"""Per-pixel work: kernels written in Halide, compiled by `compiler`, called through `loader`, stated by
`reference`.
"""
