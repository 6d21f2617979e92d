#!/bin/sh
# Refused: no endpoints
# Earns: 50
set -e
kubectl -n taskmaster set image deployment/frontend frontend=docker.io/reddydodda/taskmaster-frontend:1.0
kubectl -n taskmaster rollout status deployment frontend --timeout=120s
