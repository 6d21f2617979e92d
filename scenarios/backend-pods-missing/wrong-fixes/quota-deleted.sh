#!/bin/sh
# Refused: ResourceQuota/team-quota does not exist
set -e
kubectl -n taskmaster delete resourcequota team-quota
kubectl -n taskmaster rollout restart deployment backend
