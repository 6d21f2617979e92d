#!/bin/sh
# The Service that exists.
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/http/paths/0/backend/service/name", "value": "backend-svc"}]'
