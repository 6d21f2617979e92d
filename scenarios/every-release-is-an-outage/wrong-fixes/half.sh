#!/bin/sh
# Refused: the rollout strategy of Deployment/backend is
set -e
kubectl -n taskmaster patch deployment backend --type=json -p '[{"op": "replace", "path": "/spec/strategy/rollingUpdate", "value": {"maxUnavailable": "50%", "maxSurge": 1}}]'
