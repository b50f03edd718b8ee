"""What is wrong with labels: that is told by the same error as what is wrong with their files."""

from galaxyzoo.formats.opening import TableError

LabelsError = TableError
