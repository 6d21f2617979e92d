#!/bin/sh
# Refused: no Ingress rule for taskmaster.local/api
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[
  {"op": "replace", "path": "/spec/rules/0/http/paths/1/backend/service", "value": {"name": "backend-svc", "port": {"number": 5000}}}
]'
