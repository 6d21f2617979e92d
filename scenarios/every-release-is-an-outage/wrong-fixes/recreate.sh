#!/bin/sh
# Refused: the rollout strategy of Deployment/backend is Recreate
set -e
kubectl -n taskmaster patch deployment backend --type=merge -p '{"spec": {"strategy": {"type": "Recreate", "rollingUpdate": null}}}'
