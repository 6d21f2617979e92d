#!/bin/sh
# Accepted: the new path stays beside the old one.
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[
  {"op": "add", "path": "/spec/rules/0/http/paths/0", "value":
    {"path": "/api", "pathType": "Prefix", "backend": {"service": {"name": "backend-svc", "port": {"number": 5000}}}}}
]'
