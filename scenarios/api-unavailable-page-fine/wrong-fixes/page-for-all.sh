#!/bin/sh
# Refused: instead of backend-svc
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/http/paths/0/backend/service", "value": {"name": "frontend-svc", "port": {"number": 80}}}]'
