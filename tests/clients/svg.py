#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: svg.py check FILE... | texts FILE | titles FILE | groups FILE KIND |
              size FILE

Our own strict reader of the charts that cprof draws.

check   well-formed; only shapes, texts and titles, nothing active; every
        text inside of the picture, and no text over another one
texts   the texts, one a line; \\n for a new line in it
titles  the same of what is told where the mouse is
groups  how many groups of a kind there are
size    width and height
"""
import re
import sys
import xml.etree.ElementTree as tree

SPACE = "{http://www.w3.org/2000/svg}"
ATTRIBUTES = {
    "svg": {"role", "width", "height", "viewBox", "font-family"},
    "g": {"class"},
    "title": set(),
    "rect": {"x", "y", "width", "height", "fill"},
    "polygon": {"points", "fill"},
    "polyline": {"points", "fill", "stroke", "stroke-width",
                 "stroke-linejoin"},
    "text": {"x", "y", "font-size", "font-weight", "text-anchor",
             "textLength", "lengthAdjust", "fill"},
}
# Letters of a line are no higher, and no deeper, than this part of a font.
ASCENT, DESCENT = 0.74, 0.22


def parts_of(path):
    root = tree.parse(path).getroot()
    return root, list(root.iter())


def text_box(node):
    x, y = float(node.get("x")), float(node.get("y"))
    size, width = float(node.get("font-size")), float(node.get("textLength"))
    shift = {None: 0, "middle": width / 2, "end": width}
    x -= shift[node.get("text-anchor")]
    return (x, y - ASCENT * size, x + width, y + DESCENT * size)


def check_node(node):
    name = node.tag.removeprefix(SPACE)
    if name not in ATTRIBUTES:
        yield "there is a <%s>" % name
        return
    for key, value in node.attrib.items():
        if key not in ATTRIBUTES[name]:
            yield "<%s> has %s=%s" % (name, key, value)
        if key == "fill" and not re.fullmatch("none|#[0-9a-f]{6}", value):
            yield "a fill is %s" % value
    for key in ("x", "y", "width", "height", "textLength"):
        if "nan" in node.get(key, "") or "inf" in node.get(key, ""):
            yield "<%s> has %s=%s" % (name, key, node.get(key))


def check_texts(root, nodes):
    _, _, width, height = (float(v) for v in root.get("viewBox").split())
    boxes = []
    for node in nodes:
        if node.tag != SPACE + "text":
            continue
        box = text_box(node)
        if box[0] < -0.5 or box[1] < -0.5 or box[2] > width + 0.5 or \
           box[3] > height + 0.5:
            yield "'%s' is outside of the picture" % node.text
        boxes.append((box, node.text))
    # In order of x, only neighbours can meet.
    boxes.sort()
    for i, (a, text) in enumerate(boxes):
        for b, other in boxes[i + 1:]:
            if b[0] >= a[2] - 0.5:
                break
            if b[1] < a[3] - 0.5 and a[1] < b[3] - 0.5:
                yield "'%s' overlaps '%s'" % (text, other)


def check(path):
    root, nodes = parts_of(path)
    found = [fault for node in nodes for fault in check_node(node)]
    found += check_texts(root, nodes)
    for fault in found[:20]:
        print("%s: %s" % (path, fault))
    return not found


def main():
    what, path = sys.argv[1], sys.argv[2]
    if what == "check":
        return 0 if all([check(p) for p in sys.argv[2:]]) else 1
    root, nodes = parts_of(path)
    if what in ("texts", "titles"):
        for node in nodes:
            if node.tag == SPACE + what[:-1]:
                print(node.text.replace("\n", "\\n"))
    elif what == "groups":
        print(sum(node.get("class") == sys.argv[3] for node in nodes))
    elif what == "levels":
        points = [point for node in nodes if node.get("class") == "series"
                  for line in node.iter(SPACE + "polyline")
                  for point in line.get("points").split()]
        print(len({point.split(",")[1] for point in points}))
    elif what == "size":
        print(root.get("width"), root.get("height"))
    return 0


sys.exit(main())
