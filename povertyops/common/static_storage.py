"""Static files with the hash of their content in their names, in what imports them too, and compressed beside."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Modules import each other by hashed names, so a page never mixes files of two deployments."""

    support_js_module_import_aggregation = True
