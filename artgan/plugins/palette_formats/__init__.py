"""Catalogue of the built-in formats of palette files."""

from collections.abc import Iterator

from artgan.plugin import PaletteFormat, hookimpl

READ, WRITE = "artgan.palettes.read", "artgan.palettes.formats"


@hookimpl
def artgan_palette_formats() -> Iterator[PaletteFormat]:
    """Yield the built-in formats."""
    yield PaletteFormat(
        name="toml",
        summary="artgan's own, with author and licence.",
        endings=(".toml",),
        read=f"{READ}:read_toml_palette",
        write=f"{WRITE}:toml_file",
    )
    yield PaletteFormat(
        name="hex",
        summary="A colour a line, as from Lospec.",
        endings=(".hex",),
        read=f"{READ}:read_text_palette",
        write=f"{WRITE}:hex_file",
    )
    yield PaletteFormat(
        name="gpl",
        summary="GIMP, Krita, Inkscape, Aseprite.",
        endings=(".gpl",),
        read=f"{READ}:read_text_palette",
        write=f"{WRITE}:gpl_file",
    )
    yield PaletteFormat(
        name="pal",
        summary="JASC and RIFF.",
        endings=(".pal",),
        read=f"{READ}:read_text_palette",
        write=f"{WRITE}:jasc_file",
    )
    yield PaletteFormat(
        name="paint-net",
        summary="Paint.NET.",
        endings=(".txt",),
        read=f"{READ}:read_text_palette",
        write=f"{WRITE}:paint_file",
    )
    yield PaletteFormat(
        name="act",
        summary="Adobe's colour table.",
        endings=(".act",),
        read="artgan.palettes.binary:read_binary",
        write=f"{WRITE}:act_file",
    )
    yield PaletteFormat(
        name="ase",
        summary="Adobe's swatches, of all its programs.",
        endings=(".ase",),
        read="artgan.palettes.binary:read_binary",
        write=f"{WRITE}:ase_file",
    )
    yield PaletteFormat(
        name="aco",
        summary="Photoshop's swatches.",
        endings=(".aco",),
        read="artgan.palettes.swatches:read_aco",
    )
    yield PaletteFormat(
        name="procreate",
        summary="Procreate's swatches.",
        endings=(".swatches",),
        read="artgan.palettes.swatches:read_procreate",
    )
    yield PaletteFormat(
        name="krita",
        summary="Krita's own palettes.",
        endings=(".kpl",),
        read="artgan.palettes.swatches:read_krita",
    )
    yield PaletteFormat(
        name="css",
        summary="Custom properties of a style sheet.",
        endings=(".css",),
        read="artgan.plugins.palette_formats.css:read",
        write="artgan.plugins.palette_formats.css:write",
    )
    yield PaletteFormat(
        name="libreoffice",
        summary="LibreOffice's colour tables.",
        endings=(".soc",),
        read="artgan.plugins.palette_formats.libreoffice:read",
        write="artgan.plugins.palette_formats.libreoffice:write",
    )
