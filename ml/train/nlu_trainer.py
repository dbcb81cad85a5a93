"""How does `sapa train nlu` train: from the pack's utterances, or from a company's own messages?"""

from pathlib import Path

from knowledge.pack import Pack, Utterance, load_utterances
from ml.serve.artifact import Card
from ml.train.nlu import train_pack
from ml.train.report import as_table, leave_one_voice_out
from ml.train.rows import read_rows
from ml.train.trainer import Order, Trainer


def _folder(models: Path, pack: Pack) -> Path:
    return models / "nlu" / pack.name


def _rows(order: Order) -> list[Utterance]:
    return read_rows(order.csv, order.pack, order.columns) if order.csv else load_utterances(order.pack)


def _train(order: Order) -> Card:
    return train_pack(order.pack, order.folder, order.progress, _rows(order), accept_worse=order.accept_worse)


def _report(order: Order) -> str:
    """Each voice left out once: minutes."""
    rows = _rows(order)
    return as_table(rows, leave_one_voice_out(rows, order.progress))


TRAINER = Trainer(name="nlu", folder=_folder, train=_train, report=_report)
