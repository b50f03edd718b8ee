"""What params.yaml says of the evaluation."""

from galaxyzoo.base.sections import Count, Device, Precision, Section


class EvaluateParams(Section):
    """How predictions are computed; of its parameters only `precision` changes a score."""

    batch_size: Count
    device: Device
    precision: Precision = "float32"
