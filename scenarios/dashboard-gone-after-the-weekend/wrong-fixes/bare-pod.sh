#!/bin/sh
# Refused: pod frontend answers for frontend-svc but does not belong to Deployment/frontend
set -e
kubectl -n taskmaster run frontend --image=docker.io/reddydodda/taskmaster-frontend:1.0 --labels=app=frontend
