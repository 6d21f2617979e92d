#!/bin/sh
# Accepted: the tag that exists.
set -e
kubectl -n taskmaster set image deployment/backend backend=docker.io/reddydodda/taskmaster-backend:1.0
kubectl -n taskmaster rollout status deployment backend --timeout=120s
