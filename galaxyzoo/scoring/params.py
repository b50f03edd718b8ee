"""What params.yaml says of the evaluation."""

from galaxyzoo.base.sections import Count, Device, Section


class EvaluateParams(Section):
    """How predictions are computed; no parameter of it changes a score."""

    batch_size: Count
    device: Device
