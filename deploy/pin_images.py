"""`make images-pin`: staging and production name the images that `make images` or a release built, by their digests."""

import json
import sys

from build_images import REPORT
from commit import ROOT

TARGET = ROOT / "deploy" / "k8s" / "release" / "kustomization.yaml"
REGISTRY = "registry.example.com/autocrea"
HEAD = """# Written by `make images-pin` from the images that were built here. Push them with their digests kept
# (`buildah push --digestfile`, `skopeo copy --preserve-digests`).
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images:
"""


def main(registry: str) -> None:
    if not REPORT.exists():
        sys.exit("images-pin: build/images.json is missing: `make images` first")
    built: dict[str, dict[str, str]] = json.loads(REPORT.read_text())
    if reason := unfit(built):
        sys.exit(f"images-pin: {reason}: `make images` from a commit")
    lines = [
        f'  - {{name: autocrea/{name}, newName: {registry}/{name}, digest: "{image["digest"]}"}}\n'
        for name, image in built.items()
    ]
    TARGET.write_text(HEAD + "".join(lines))
    print(f"{TARGET.relative_to(ROOT)} names {len(lines)} images")


def unfit(built: dict[str, dict[str, str]]) -> str | None:
    """Why these images cannot be what runs: nobody could build them again, or they do not belong together."""
    revisions = {name: image["revision"] for name, image in built.items()}
    if changed := [name for name, revision in revisions.items() if revision.endswith("-dirty")]:
        return f"built from what was not committed: {', '.join(changed)}"
    if len(set(revisions.values())) > 1:
        return f"built from different commits: {revisions}"
    return None


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else REGISTRY)
