"""`make images-pin`: staging and production name the images that `make images` built, by their digests."""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "build" / "images.json"
TARGET = ROOT / "deploy" / "k8s" / "release" / "kustomization.yaml"
REGISTRY = "registry.example.com/autocrea"
HEAD = """# Written by `make images-pin` from the images that `make images` built. Push them with their digests kept
# (`buildah push --digestfile`, `skopeo copy --preserve-digests`).
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images:
"""


def main(registry: str) -> None:
    if not REPORT.exists():
        sys.exit("images-pin: build/images.json is missing: `make images` first")
    built = json.loads(REPORT.read_text())
    lines = [
        f'  - {{name: autocrea/{name}, newName: {registry}/{name}, digest: "{image["digest"]}"}}\n'
        for name, image in built.items()
    ]
    TARGET.write_text(HEAD + "".join(lines))
    print(f"{TARGET.relative_to(ROOT)} names {len(lines)} images")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else REGISTRY)
