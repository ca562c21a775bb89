#!/usr/bin/env python3
"""Statistics of a kernel by numpy: weight_statistics.py KERNEL.f32 FILTERS BINS. The filters lie along the last axis.

Prints one line each: min max mean std zeros near_zeros, the histogram's edges, its counts, L1 norms, L2 norms.
"""
import sys

import numpy as np

values = np.fromfile(sys.argv[1], np.float32).astype(np.float64)
counts, edges = np.histogram(values, int(sys.argv[3]))
filters = values.reshape(-1, int(sys.argv[2]))
head = [values.min(), values.max(), values.mean(), values.std(), (values == 0).mean(), (np.abs(values) <= 1e-6).mean()]
for row in (head, edges, counts, np.abs(filters).sum(0), np.sqrt((filters ** 2).sum(0))):
    print(" ".join(repr(float(value)) for value in row))
