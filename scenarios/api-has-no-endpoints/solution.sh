#!/bin/sh
# The number on which the backend listens.
set -e
kubectl -n taskmaster patch service backend-svc --type=json -p '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 5000}]'
