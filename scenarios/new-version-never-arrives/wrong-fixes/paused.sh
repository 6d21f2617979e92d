#!/bin/sh
# Refused: Deployment/backend is paused
set -e
kubectl -n taskmaster rollout pause deployment backend
