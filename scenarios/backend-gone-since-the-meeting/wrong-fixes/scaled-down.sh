#!/bin/sh
# Refused: Deployment/backend was scaled to zero
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "remove", "path": "/spec/template/spec/priorityClassName"}]'
kubectl -n taskmaster scale deployment backend --replicas=0
