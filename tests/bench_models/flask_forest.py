"""Seed 002's own design, as it describes it: Flask, pandas, scikit-learn forests in pickles. Served by gunicorn for the comparison.

`python -m tests.bench_models.flask_forest FOLDER` trains the two forests on our made-up customers and writes the pickles; gunicorn
then serves `app()`, which reads them from the folder in FOREST_FOLDER.
"""

import os
import sys
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from flask import Flask, jsonify, request
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder, StandardScaler

from ml.telco import NUMBERS, WORDS
from ml.train.churn_trainer import KIND as CHURN
from ml.train.offers_trainer import KIND as OFFERS

TREES = 100


def train(folder: Path) -> None:
    for kind in (OFFERS, CHURN):
        rows, answers = kind.made_up()
        prepare = ColumnTransformer(
            [
                ("words", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), list(WORDS)),
                ("numbers", StandardScaler(), [*NUMBERS, "video_data_intensity", "spend_per_call_unit"]),
            ]
        )
        forest = RandomForestClassifier(TREES, class_weight="balanced", random_state=0, n_jobs=1)
        pipeline = Pipeline([("prepare", prepare), ("forest", forest)])
        pipeline.fit(engineered(pd.DataFrame(rows)), answers)
        joblib.dump(pipeline, folder / f"{kind.what}.pkl")


def engineered(frame: pd.DataFrame) -> pd.DataFrame:
    frame["video_data_intensity"] = frame["avg_data_usage_gb"] * frame["pct_video_usage"]
    frame["spend_per_call_unit"] = frame["monthly_spend"] / (frame["avg_call_duration"] + 1)
    return frame


def app() -> Flask:
    folder, flask = Path(os.environ["FOREST_FOLDER"]), Flask(__name__)
    offers, churn = joblib.load(folder / "offers.pkl"), joblib.load(folder / "churn.pkl")

    def chances(model: Any) -> tuple[Any, Any]:  # Any: a pipeline and arrays
        frame = engineered(pd.DataFrame([request.get_json()]))
        return model.classes_, model.predict_proba(frame)[0]

    @flask.post("/recommend")
    def recommend() -> Any:  # Any: Flask's response
        classes, found = chances(offers)
        best = int(found.argmax())
        body = {"offer_name": str(classes[best]), "confidence": round(float(found[best]), 4)}
        return jsonify({"status": "success", "offer_type": "AUTO_MAPPED", **body})

    @flask.post("/predict")
    def predict() -> Any:  # Any: Flask's response
        classes, found = chances(churn)
        risk = round(float(found[list(classes).index("leaves")]), 4)
        category = "LOW" if risk < 0.3 else "MEDIUM" if risk < 0.6 else "HIGH"
        body = {
            "status": "success",
            "prediction": int(risk >= 0.5),
            "risk_score": risk,
            "risk_category": category,
        }
        return jsonify({**body, "result": body})

    return flask


if __name__ == "__main__":
    train(Path(sys.argv[1]))
