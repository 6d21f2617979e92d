#!/bin/sh
# Who may, and where.
set -e
kubectl -n taskmaster patch networkpolicy allow-backend-to-postgres --type=json -p '[
  {"op": "replace", "path": "/spec/ingress/0/from/0/podSelector/matchLabels/app", "value": "backend"},
  {"op": "replace", "path": "/spec/ingress/0/ports/0/port", "value": 5432}
]'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
