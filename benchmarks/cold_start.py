"""What happens in a new execution environment; run by itself, with the package on the path.

Usage: ``python -I -S cold_start.py MODULE.FUNCTION FOLDER...``, the function being the one of
``zoom_migrator.bootstrap`` that builds what the handler works with. Prints a JSON array:
milliseconds of importing the handler's module, and of building that (clients of AWS, TLS).
"""

import json
import sys
import time

sys.path[:0] = sys.argv[2:]
began = time.perf_counter()
import app  # type: ignore[import-not-found]  # noqa: E402

imported = time.perf_counter()
module, _, build = sys.argv[1].partition(".")
getattr(sys.modules[f"zoom_migrator.bootstrap.{module}"], build)()
built = time.perf_counter()
assert callable(app.lambda_handler)
json.dump([(imported - began) * 1_000, (built - imported) * 1_000], sys.stdout)
