#!/bin/sh
# Points DB_PASSWORD at the key that exists.
set -e
kubectl -n taskmaster patch deployment backend --type=strategic -p '
spec:
  template:
    spec:
      containers:
      - name: backend
        env:
        - name: DB_PASSWORD
          valueFrom:
            secretKeyRef:
              name: database-secret
              key: POSTGRES_PASSWORD
'
kubectl -n taskmaster rollout status deployment backend --timeout=120s
