#!/bin/sh
# Accepted: a second path beside it that compares by elements.
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[
  {"op": "add", "path": "/spec/rules/0/http/paths/1", "value":
    {"path": "/api", "pathType": "Prefix", "backend": {"service": {"name": "backend-svc", "port": {"number": 5000}}}}}
]'
