#!/bin/sh
# Refused: runs docker.io/reddydodda/taskmaster-frontend:1.0, which is not one of its images
set -e
kubectl -n taskmaster set image deployment/backend backend=docker.io/reddydodda/taskmaster-frontend:1.0
