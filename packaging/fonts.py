"""Makes the typefaces of ``resources/fonts`` from the files that their authors publish.

    python packaging/fonts.py INTER_REGULAR INTER_SEMIBOLD MONO_MEDIUM MONO_BOLD

Run by hand, with fontTools installed; ``resources/README.md`` says where the four files come from.
What is made differs from them in this, which their licence allows:

- The figures are the tabular ones, so that a number that changes keeps its width in every place,
  whether or not it can ask for a feature of the typeface.
- Ligatures and alternates that depend on the neighbours are left out: where one character after
  another is shown, ``->`` is two of them.
- The heavier face is the bold one of its family, so that nothing has to be thickened by machine.
- Each face gets the few signs that it lacks from the other; the monospaced one in its own width.
- The medium weight of the monospaced face is the regular one here: it looks as heavy as the text.
- The families have names of their own, so that a newer copy on the system is not mistaken for them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"

SIGNS_FOR_MONO = {sign: sign for sign in "↵⇥␣○●✓✗⁻ⁿᵏ"}
"""What the monospaced face lacks, and the signs of the other that stand in for it."""

SIGNS_FOR_SANS = {sign: sign for sign in "─┈╌✕"}
"""What the other face lacks, and the window writes in a line of text."""

SMALL_TRIANGLES = dict(zip("▴▸▾◂", "▲▶▼◀", strict=True))
"""What both faces draw too small to be seen, if at all, and the signs that they are made of."""

_FEATURES = ["ccmp", "kern", "locl", "mark", "mkmk"]
_REGULAR, _BOLD = "Regular", "Bold"
# Of the OpenType specification: the names that an application reads, and the flags of a bold face.
_NAME_FAMILY, _NAME_STYLE, _NAME_UNIQUE, _NAME_FULL, _NAME_POSTSCRIPT = 1, 2, 3, 4, 6
_NAMES_KEPT = [0, _NAME_FAMILY, _NAME_STYLE, _NAME_UNIQUE, _NAME_FULL, 5, _NAME_POSTSCRIPT, 13, 14]
_SELECTION_BOLD, _SELECTION_REGULAR, _MAC_BOLD = 1 << 5, 1 << 6, 1 << 0


def use_tabular_figures(font: TTFont) -> None:
    """Let the ten figures be those of the feature ``tnum``, where the typeface has it."""
    table = font["GSUB"].table
    tabular: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[index].SubTable:
                    tabular |= getattr(part, "ExtSubTable", part).mapping
    names = {code: tabular.get(name, name) for code, name in font.getBestCmap().items()}
    for encoding in font["cmap"].tables:
        encoding.cmap.update({code: names[code] for code in map(ord, "0123456789")})


def add_signs(font: TTFont, source: TTFont, signs: Mapping[str, str], size: float = 1.0) -> None:
    """Draw signs as ``source`` draws others; in a monospaced face, within its own width."""
    mono_width = font["hmtx"]["zero"][0] if font["post"].isFixedPitch else None
    scale = size * font["head"].unitsPerEm / source["head"].unitsPerEm
    glyphs = source.getGlyphSet()
    for sign, drawn_as in signs.items():
        name = source.getBestCmap()[ord(drawn_as)]
        bounds = BoundsPen(glyphs)
        glyphs[name].draw(bounds)
        left, bottom, right, top = bounds.bounds
        width = mono_width or round(scale * glyphs[name].width)
        narrow = min(scale, 0.9 * width / (right - left))
        across = (width - narrow * (left + right)) / 2
        # A sign that is made smaller stays in the middle of its line.
        up = (1 - size) * narrow / size * (bottom + top) / 2
        pen = TTGlyphPen(None)
        glyphs[name].draw(TransformPen(pen, (narrow, 0, 0, narrow, across, up)))
        own_name = f"uni{ord(sign):04X}.own"
        glyph = font["glyf"][own_name] = pen.glyph()
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][own_name] = (width, glyph.xMin)
        for encoding in font["cmap"].tables:
            if encoding.isUnicode():
                encoding.cmap[ord(sign)] = own_name


def reduce(font: TTFont) -> None:
    """Leave out what no window shows: private characters, alternates, the names of glyphs."""
    options = subset.Options(layout_features=_FEATURES, name_IDs=_NAMES_KEPT)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for c in font.getBestCmap() if c < 0xE000 or c >= 0xF900])
    subsetter.subset(font)


def name(font: TTFont, family: str, style: str) -> None:
    """Make it the regular or the bold face of a family."""
    postscript = f"{family}-{style}".replace(" ", "")
    names = {
        _NAME_FAMILY: family,
        _NAME_STYLE: style,
        _NAME_UNIQUE: postscript,
        _NAME_FULL: f"{family} {style}",
        _NAME_POSTSCRIPT: postscript,
    }
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    bold = style == _BOLD
    font["OS/2"].usWeightClass = 700 if bold else 400
    flags = font["OS/2"].fsSelection & ~(_SELECTION_BOLD | _SELECTION_REGULAR)
    font["OS/2"].fsSelection = flags | (_SELECTION_BOLD if bold else _SELECTION_REGULAR)
    font["head"].macStyle = _MAC_BOLD if bold else 0


def main(arguments: list[str]) -> None:
    """Make the four files."""
    FONTS.mkdir(exist_ok=True)
    sans, mono = arguments[:2], arguments[2:]
    for style, sans_file, mono_file in zip((_REGULAR, _BOLD), sans, mono, strict=True):
        text, numbers = TTFont(sans_file), TTFont(mono_file)
        add_signs(numbers, text, SIGNS_FOR_MONO)
        add_signs(text, numbers, SIGNS_FOR_SANS)
        for font in (numbers, text):
            add_signs(font, text, SMALL_TRIANGLES, size=0.75)
        use_tabular_figures(text)
        for font, family in ((text, "rnnviz Sans"), (numbers, "rnnviz Mono")):
            reduce(font)
            name(font, family, style)
            font.save(FONTS / f"{family.replace(' ', '')}-{style}.ttf")


if __name__ == "__main__":
    main(sys.argv[1:])
