"""Writes a copy of an ONNX model whose given tensors are graph outputs as well.

    add-outputs.py <model.onnx> <copy.onnx> <tensor...>
"""
import sys

import onnx

model = onnx.load(sys.argv[1])
present = {output.name for output in model.graph.output}
for name in sys.argv[3:]:
    if name not in present:
        model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
onnx.save(model, sys.argv[2])
