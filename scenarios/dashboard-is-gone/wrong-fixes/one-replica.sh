#!/bin/sh
# Refused: Deployment/frontend was scaled from 2 to 1
set -e
kubectl -n taskmaster set image deployment/frontend frontend=docker.io/reddydodda/taskmaster-frontend:1.0
kubectl -n taskmaster scale deployment frontend --replicas=1
