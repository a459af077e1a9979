from artgan.plugin import Reader, hookimpl


def read(file, name):
    from PIL import Image

    head, _, rest = file.read().partition(b"ENDHDR\n")
    words = dict(line.split(maxsplit=1) for line in head.decode().splitlines()[1:])
    size, depth = (int(words["WIDTH"]), int(words["HEIGHT"])), int(words["DEPTH"])
    pixels = size[0] * size[1] * depth
    image = Image.frombytes(("L", "LA", "RGB", "RGBA")[depth - 1], size, rest[:pixels])
    image.info["xmp"] = rest[pixels:]
    return image


@hookimpl
def artgan_readers():
    signs = ((0, b"P7\n"),)
    yield Reader(name="pam", summary="Netpbm's PAM.", open=read, endings=(".pam",), signs=signs)
