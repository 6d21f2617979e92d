#!/bin/sh
# The image that the ticket names.
set -e
kubectl -n taskmaster set image deployment/backend backend=docker.io/reddydodda/taskmaster-backend:1.0
kubectl -n taskmaster rollout status deployment backend --timeout=120s
