#!/bin/sh
# Refused: the readiness probe asks :5001/api/health instead of :5000/api/health
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[
  {"op": "add", "path": "/spec/template/spec/containers/0/command", "value": ["gunicorn", "--bind", "0.0.0.0:5001", "app:app"]},
  {"op": "replace", "path": "/spec/template/spec/containers/0/livenessProbe/httpGet/port", "value": 5001},
  {"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe/httpGet/port", "value": 5001}
]'
