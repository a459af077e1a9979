"""The generator as a web page or as ONNX, for use outside artgan."""
