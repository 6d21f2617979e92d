#!/bin/sh
# The claim with the data, and the port of the web server.
set -e
kubectl -n taskmaster patch deployment postgres --type=json -p '[
  {"op": "replace", "path": "/spec/template/spec/volumes/0/persistentVolumeClaim/claimName", "value": "postgres-pvc"}
]'
kubectl -n taskmaster patch service frontend-svc --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 80}]'
kubectl -n taskmaster rollout status deployment postgres --timeout=120s
kubectl -n taskmaster rollout status deployment backend --timeout=120s
