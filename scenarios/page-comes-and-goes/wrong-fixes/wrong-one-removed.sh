#!/bin/sh
# Refused: container frontend of Deployment/frontend was removed
set -e
kubectl -n taskmaster patch deployment frontend --type=json -p '[{"op": "remove", "path": "/spec/template/spec/containers/0"}]'
