"""The generator as a web page or as ONNX."""
