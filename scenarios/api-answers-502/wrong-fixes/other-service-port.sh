#!/bin/sh
# Refused: Service/backend-svc no longer has port 5000
set -e
kubectl -n taskmaster patch service backend-svc --type=json -p '[
  {"op": "replace", "path": "/spec/ports/0/port", "value": 5001},
  {"op": "replace", "path": "/spec/ports/0/targetPort", "value": 5000}
]'
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[
  {"op": "replace", "path": "/spec/rules/0/http/paths/0/backend/service/port/number", "value": 5001}
]'
