#!/bin/sh
# The name of the site, and the version of the page.
set -e
kubectl -n taskmaster patch ingress taskmaster-ingress --type=json -p '[{"op": "replace", "path": "/spec/rules/0/host", "value": "taskmaster.local"}]'
kubectl -n taskmaster set image deployment/frontend frontend=docker.io/reddydodda/taskmaster-frontend:1.0
kubectl -n taskmaster rollout status deployment frontend --timeout=120s
