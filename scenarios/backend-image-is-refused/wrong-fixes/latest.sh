#!/bin/sh
# Refused: runs docker.io/reddydodda/taskmaster-backend, which is not one of its images
set -e
kubectl -n taskmaster set image deployment/backend backend=docker.io/reddydodda/taskmaster-backend
