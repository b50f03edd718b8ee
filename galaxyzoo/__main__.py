"""`python -m galaxyzoo` is the command `galaxyzoo`."""

from galaxyzoo.cli import app

if __name__ == "__main__":
    app(prog_name="galaxyzoo")
