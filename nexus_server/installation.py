"""Where what comes with the product lies: content, migrations, sources of kernel images, Jupyter's configuration.

A wheel carries them inside of the package; a checkout has them beside it. Nobody writes there: what is the site's own
is in its data directory.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
IS_CHECKOUT = not (PACKAGE / "shipped").is_dir()
SHIPPED = PACKAGE.parent if IS_CHECKOUT else PACKAGE / "shipped"
CONTENT = SHIPPED / "content"
MIGRATIONS = SHIPPED / "migrations"
KERNEL_IMAGES = SHIPPED / "kernel_images"
JUPYTER_CONFIG = SHIPPED / "jupyter_config.py"
#: the data directory that is meant when none is named
DEFAULT_DATA = SHIPPED / "var" if IS_CHECKOUT else Path("var")
