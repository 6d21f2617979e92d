#!/bin/sh
# Refused: no Ingress rule for taskmaster.local/api
# Earns: 33
set -e
kubectl -n taskmaster set image deployment/frontend frontend=docker.io/reddydodda/taskmaster-frontend:1.0
kubectl -n taskmaster rollout status deployment frontend --timeout=120s
