from artgan.plugin import Filter, hookimpl


def negative(picture, options, context):
    return picture.replace(color=1 - picture.color)


@hookimpl
def artgan_filters():
    yield Filter(name="negative", summary="Turn light to dark.", apply=negative)
