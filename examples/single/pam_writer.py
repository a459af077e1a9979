from artgan.plugin import Writer, hookimpl

KINDS = {1: "GRAYSCALE", 2: "GRAYSCALE_ALPHA", 3: "RGB", 4: "RGB_ALPHA"}


def write(content, path):
    image = content.image
    (width, height), depth = image.size, len(image.getbands())
    size = f"WIDTH {width}\nHEIGHT {height}\nDEPTH {depth}\n"
    head = f"P7\n{size}MAXVAL 255\nTUPLTYPE {KINDS[depth]}\nENDHDR\n"
    path.write_bytes(head.encode() + image.tobytes() + (content.xmp or b""))


@hookimpl
def artgan_writers():
    yield Writer(name="pam", summary="Netpbm's PAM.", write=write, endings=(".pam",))
