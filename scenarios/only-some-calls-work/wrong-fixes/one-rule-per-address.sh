#!/bin/sh
# Refused: update: 4
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[
  {"op": "add", "path": "/spec/rules/0/http/paths/0", "value":
    {"path": "/api/tasks", "pathType": "Exact", "backend": {"service": {"name": "backend-svc", "port": {"number": 5000}}}}},
  {"op": "add", "path": "/spec/rules/0/http/paths/0", "value":
    {"path": "/api/health", "pathType": "Exact", "backend": {"service": {"name": "backend-svc", "port": {"number": 5000}}}}}
]'
