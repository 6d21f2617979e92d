#!/bin/sh
# Refused: Service/backend-svc no longer has port 5000
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/http/paths/0/backend/service/port/number", "value": {{port}}}]'
