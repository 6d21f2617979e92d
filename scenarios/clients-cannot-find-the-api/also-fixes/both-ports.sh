#!/bin/sh
# Accepted: the new one may stay beside it.
set -e
kubectl -n taskmaster patch service backend-svc --type=json -p '[
  {"op": "add", "path": "/spec/ports/0/name", "value": "new"},
  {"op": "add", "path": "/spec/ports/-", "value": {"name": "known", "port": 5000, "targetPort": 5000}}
]'
